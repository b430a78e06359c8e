-- USES: base
-- Calls that came twice.

-- what a call answered that came before with the same token, because its reply was lost
local function answered(token)
  return token ~= '' and unpacked(call('GET', P .. 'i:' .. token)) or nil
end

local function answer(token, reply, seconds)
  if token ~= '' then call('SET', P .. 'i:' .. token, cmsgpack.pack(reply), 'EX', seconds or 60) end
  return reply
end
