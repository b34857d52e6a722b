-- Asks for each path of a file in turn.
local requests, turn = {}, 0

function init()
  for path in io.lines(os.getenv("PATHS")) do
    requests[#requests + 1] = wrk.format("GET", path, {["Accept-Encoding"] = "gzip"})
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
