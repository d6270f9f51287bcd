-- Sends a body of as many bytes as the argument says.
function init(arguments)
  wrk.method = "POST"
  wrk.body = string.rep("x", tonumber(arguments[1]))
  wrk.headers["Content-Type"] = "application/octet-stream"
  message = wrk.format()
end

function request()
  return message
end
