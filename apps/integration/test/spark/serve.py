"""Runs scripts in one Spark session: a JSON object a line comes in on stdin, one goes out on stdout.

In: {"script": text, "args": {...}}. The script sees `spark`, `args` and what earlier scripts defined; what it leaves in
`result` goes out as {"result": ...}. An exception goes out as {"error": {condition, sqlState, message, text}}.
"""

import json
import os
import sys
import traceback

# Whatever a script or the JVM prints belongs to stderr: stdout carries answers alone.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

from pyspark.sql import SparkSession  # noqa: E402


def answer(value):
    answers.write(json.dumps(value, default=str) + "\n")
    answers.flush()


def condition_of(error):
    """The innermost condition that is not merely the wrapper of a failed query."""
    seen = []
    while error is not None:
        try:
            condition = error.getCondition() if hasattr(error, "getCondition") else None
            if condition:
                seen.append((condition, error.getSqlState(), str(error)))
        except Exception:
            pass
        error = getattr(error, "__cause__", None)
    return seen[-1] if seen else (None, None, "")


def start():
    builder = SparkSession.builder.master("local[2]").appName("integration")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": os.path.join(os.getcwd(), "warehouse"),
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def serve():
    spark = start()
    names = {"spark": spark}
    answer({"result": spark.version})
    for line in sys.stdin:
        request = json.loads(line)
        names["args"] = request["args"]
        names["result"] = None
        try:
            exec(request["script"], names)
            answer({"result": names["result"]})
        except Exception as error:
            condition, sql_state, message = condition_of(error)
            text = traceback.format_exc()
            answer({"error": {"condition": condition, "sqlState": sql_state, "message": message, "text": text}})
    spark.stop()


serve()
