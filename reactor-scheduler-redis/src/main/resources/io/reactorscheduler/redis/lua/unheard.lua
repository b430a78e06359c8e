-- USES: claims reply
-- Claims whose reply was lost. Each call keeps the names of its leases for some seconds under its token: the same call
-- sent again is answered with the same claims, and a later call of the node gives back those it never heard of.

-- the claim of a lease if it is valid: id, task, number, execution
local function claimed(name)
  local fence, number, id = string.match(name, '^([^:]*):([^:]*):(.*)$')
  local T = task(id)
  local E = T and T.e and T.e[tonumber(number)]
  if E and not E.w and out(E.f) == fence then return id, T, tonumber(number), E end
  return nil
end

-- gives how many of them there still are
local function claim_again(names, reply)
  local claims = 0
  for _, name in ipairs(names) do
    local id, T, number, E = claimed(name)
    if id then
      add_claim(reply, id, T, number, E, open(T) - 1)
      claims = claims + 1
    end
  end
  return claims
end

-- back in line, as if it had not been claimed
local function give_back(token)
  for _, names in ipairs(answered(token) or {}) do
    for _, name in ipairs(names) do
      local id, T, number, E = claimed(name)
      if id then
        end_run(id, T, number, E)
        wait_again(E, E.D)
        settle(id, T, nil)
        keep(id, T)
        note('P', id, number, E.n)
      end
    end
  end
  call('DEL', P .. 'i:' .. token)
end
