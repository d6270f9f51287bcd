-- Sends each request with the next token of a file, from the first again after the last.
-- Arguments: the file, one token a line; how many of them to leave out at the beginning.
local requests = {}
local at = 0

function init(arguments)
  at = tonumber(arguments[2])
  for token in io.lines(arguments[1]) do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[#requests + 1] = wrk.format("GET")
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
