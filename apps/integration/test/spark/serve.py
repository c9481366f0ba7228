"""Runs scripts in one Spark session: a JSON object a line comes in on stdin, one goes out on stdout.

In: {"script": text, "args": {...}}. The script sees `spark`, `args`, `failure` and what earlier scripts defined; what
it leaves in `result` goes out as {"result": ...}. An exception goes out as {"error": {"conditions", "text"}}.
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


def java_error_of(error):
    """The JVM's exception behind a Python one, if there is one."""
    for name in ("java_exception", "_origin"):
        if getattr(error, name, None) is not None:
            return getattr(error, name)
    return None


def conditions_of(error):
    """The conditions of an error and of its causes, the outermost first."""
    java = java_error_of(error)
    if java is None:
        condition = error.getCondition() if hasattr(error, "getCondition") else None
        return [condition] if condition else []
    found = []
    while java is not None:
        try:
            condition = java.getCondition()
        except Exception:
            condition = None
        if condition and condition not in found:
            found.append(condition)
        java = java.getCause()
    return found


def failure(error):
    return {"conditions": conditions_of(error), "text": traceback.format_exc()}


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
    names = {"spark": spark, "failure": failure}
    answer({"result": spark.version})
    for line in sys.stdin:
        request = json.loads(line)
        names["args"] = request["args"]
        names["result"] = None
        try:
            exec(request["script"], names)
            answer({"result": names["result"]})
        except Exception as error:
            answer({"error": failure(error)})
    spark.stop()


serve()
