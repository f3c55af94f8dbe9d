-- wrk: GETs the URL given to wrk. TOKEN=bearer token.
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or "")
wrk.headers["Accept"] = "application/json"

local refused = 0
function response(status, _, answer)
  if status >= 300 and refused < 3 then
    refused = refused + 1
    print(status, answer)
  end
end
