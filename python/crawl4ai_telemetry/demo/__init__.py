"""A small program that fails twice, to look at what leaves. `python -m crawl4ai_telemetry.demo` runs it."""
