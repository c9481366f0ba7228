import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs SQL by Flink, in this process: StatementServer PORT. The body of a request is settings, a name and a value on each
 * line, and then statements, with a line "----" before each. A request has a session of its own. Its answer comes when the
 * jobs of its statements have ended: the rows that the last of them gave, one on each line, with tabs between the values.
 */
public final class StatementServer {
  private static final String DIVIDER = "\n----\n";

  public static void main(String[] arguments) throws IOException {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", StatementServer::answer);
    server.start();
    System.out.println("Taking statements");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    int status = 200;
    String text;
    try {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      List<String> parts = Arrays.asList(body.split(DIVIDER));
      text = run(parts.get(0), parts.subList(1, parts.size()));
    } catch (Throwable problem) {
      StringWriter trace = new StringWriter();
      problem.printStackTrace(new PrintWriter(trace, true));
      status = 500;
      text = trace.toString();
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // A length of 0 says that the length is not known.
    exchange.sendResponseHeaders(status, 0);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String run(String settings, List<String> statements) throws Exception {
    Configuration configuration = new Configuration();
    for (String line : settings.split("\n")) {
      String[] setting = line.split("=", 2);
      if (setting.length == 2) configuration.setString(setting[0], setting[1]);
    }
    EnvironmentSettings all = EnvironmentSettings.newInstance().withConfiguration(configuration).build();
    TableEnvironment session = TableEnvironment.create(all);
    StringBuilder rows = new StringBuilder();
    for (String statement : statements) {
      rows.setLength(0);
      TableResult result = session.executeSql(statement);
      if (!statement.stripLeading().toUpperCase().startsWith("SELECT")) {
        result.await();
        continue;
      }
      try (CloseableIterator<Row> found = result.collect()) {
        while (found.hasNext()) rows.append(lineOf(found.next()));
      }
    }
    return rows.toString();
  }

  private static String lineOf(Row row) {
    return IntStream.range(0, row.getArity())
        .mapToObj(field -> String.valueOf(row.getField(field)))
        .collect(Collectors.joining("\t", "", "\n"));
  }
}
