-- Asks cognito-gate about a request: an action for `http-request lua.cognito-gate`. HAProxy's own HTTP client
-- knows five methods only, so method and path go in X-Forwarded-Method and -Uri, as they came.
local gate = "http://127.0.0.1:9191/auth/forwarded"
local timeout_ms = 5000

-- Between client and HAProxy, or of a body that is not sent along.
local own = {
  ["connection"] = true,
  ["content-length"] = true,
  ["expect"] = true,
  ["host"] = true,
  ["keep-alive"] = true,
  ["te"] = true,
  ["trailer"] = true,
  ["transfer-encoding"] = true,
  ["upgrade"] = true,
  ["x-forwarded-method"] = true,
  ["x-forwarded-uri"] = true,
}

-- Header tables of HAProxy count lines from 0, those of its HTTP client from 1.
local function lines_of(values)
  local lines = {}
  local index = 0
  while values[index] ~= nil do
    lines[#lines + 1] = values[index]
    index = index + 1
  end
  return lines
end

local function asked(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not own[name] then headers[name] = lines_of(values) end
  end
  headers["x-forwarded-method"] = { txn.sf:method() }
  headers["x-forwarded-uri"] = { txn.sf:pathq() }
  return headers
end

local function refuse(txn, status, headers, body)
  local reply = txn:reply({ status = status })
  for name, values in pairs(headers) do
    if name ~= "connection" and name ~= "content-length" and name ~= "keep-alive" and name ~= "date" then
      for _, value in ipairs(lines_of(values)) do reply:add_header(name, value) end
    end
  end
  reply:set_body(body)
  txn:done(reply)
end

local function is_gates(name)
  return name:find("^x%-claim%-") ~= nil or name == "x-gate-would-deny"
end

core.register_action("cognito-gate", { "http-req" }, function(txn)
  local response = core.httpclient():get({ url = gate, headers = asked(txn), timeout = timeout_ms })
  if response == nil or response.status == nil or response.status == 0 then
    refuse(txn, 503, { ["content-type"] = { [0] = "application/json" } }, '{"message":"Service Unavailable"}')
    return
  end
  if response.status ~= 200 then
    refuse(txn, response.status, response.headers, response.body)
    return
  end
  -- The client's own, whatever the gate says of them; then what it says.
  for name in pairs(txn.http:req_get_headers()) do
    if is_gates(name) then txn.http:req_del_header(name) end
  end
  for name, values in pairs(response.headers) do
    local value = values[0]
    if is_gates(name) and value ~= "" then txn.http:req_set_header(name, value) end
  end
end)
