-- wrk: POSTs objects with names of their own. KIND=configmap|pod, PRE=name prefix, TOKEN=bearer token.
-- The pods name a node that does not exist: no scheduler and no agent has work with them.
local threads = 0
function setup(thread)
  thread:set("tid", threads)
  threads = threads + 1
end

local prefix, kind = os.getenv("PRE") or "a", os.getenv("KIND") or "configmap"
local headers = {
  ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or ""),
  ["Content-Type"] = "application/json",
  ["Accept"] = "application/json",
}
local path = "/api/v1/namespaces/default/" .. kind .. "s"
local body = kind == "configmap"
  and '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"k":"' .. string.rep("x", 200) .. '"}}'
  or '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"x"}},"spec":{"nodeName":"none",'
    .. '"containers":[{"name":"c","image":"nginx","resources":{"requests":{"cpu":"10m","memory":"10Mi"}},'
    .. '"env":[{"name":"A","value":"B"}],"ports":[{"containerPort":80}]}]}}'

local count, refused = 0, 0
function request()
  count = count + 1
  return wrk.format("POST", path, headers, string.format(body, prefix .. "-" .. tid .. "-" .. count))
end

function response(status, _, answer)
  if status >= 300 and refused < 3 then
    refused = refused + 1
    print(status, answer)
  end
end
