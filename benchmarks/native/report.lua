-- A wrk script: posts the body in the file BENCHMARK_BODY and reports one line of JSON.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open(os.getenv("BENCHMARK_BODY"), "rb")
wrk.body = file:read("*a")
file:close()

function done(summary, latency)
  local errors = summary.errors
  local report = '{"requests": %d, "seconds": %.6f, "bad_status": %d, "broken": %d, '
    .. '"p50_ms": %.3f, "p99_ms": %.3f}\n'
  io.write(report:format(summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
