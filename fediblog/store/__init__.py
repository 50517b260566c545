"""The only place that knows Tortoise and SQL: tables, one module of queries per thing."""
