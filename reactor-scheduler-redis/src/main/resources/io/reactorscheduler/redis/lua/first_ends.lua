-- USES: trim
-- Ends of first runs that nothing has happened to since they were claimed: many at a time, each before its row. See task.

-- a row after the end before it: a text as MessagePack has it; short ones are most
local function after_end(row, times, fence, node, result)
  local length = 2 + #times + #fence + #node + #result
  if length < 256 then
    return '\217' .. string.char(length) .. 'C' .. times .. ':' .. fence .. node .. result .. row
  end
  return cmsgpack.pack('C' .. times .. ':' .. fence .. node .. result) .. row
end

-- the ends of first runs among some, each task once: their places and ids
local function first_ends(ends)
  local places, ids, seen = {}, {}, {}
  for place, i in ipairs(ends) do
    local kind, id = ARGV[i], ARGV[i + 1]
    if (kind == 'c' or kind == 'r') and not seen[id] then
      seen[id] = true
      places[#places + 1], ids[#ids + 1] = place, id
    end
  end
  return places, ids
end

-- what the ends of one claim call of one queue have in common; nil where an owner has another fence or cannot be read
local function claim_of(owner, fence, claims)
  local is_owner = owner and string.sub(owner, 1, #fence + 1) == fence .. ':'
  if not is_owner then return nil end
  local claimed_by = string.sub(owner, #fence + 1)
  if claims[claimed_by] then return claims[claimed_by] end
  local fence_of, _, queue_name, node = owner_of(owner)
  if not fence_of then return nil end
  claims[claimed_by] = { by = claimed_by, Q = queue(queue_name), node = node, text = ':' .. #node .. ':' .. node .. ':', ids = {} }
  return claims[claimed_by]
end

-- records what it can of the ends at some indexes of ARGV; gives the states of their tasks by the places of the ends
local function record_first_ends(ends)
  local states_of, places, ids = {}, first_ends(ends)
  if #ids == 0 or per_task == 0 then return states_of end
  local owners, rows = call('HMGET', P .. 'o', unpack(ids)), call('HMGET', P .. 't', unpack(ids))
  local leases, ended, written, finished, claims, order = {}, {}, {}, {}, {}, out(count('h', now))
  local n, claim = 0, nil
  for k, id in ipairs(ids) do
    local i = ends[places[k]]
    local fence = ARGV[i + 2]
    -- most are of the same claim call as the one before
    if not claim or owners[k] ~= fence .. claim.by then claim = claim_of(owners[k], fence, claims) end
    if claim and rows[k] then
      local name, result = fence .. ':1:' .. id, ARGV[i] == 'r' and 'r' .. ARGV[i + 4] or ''
      finished[2 * n + 1], finished[2 * n + 2] = order, name
      written[2 * n + 1], written[2 * n + 2] = id, after_end(rows[k], ARGV[i + 3], fence, claim.text, result)
      n = n + 1
      leases[n], ended[n], claim.ids[#claim.ids + 1] = name, id, id
      states_of[places[k]] = 'C'
    end
  end
  if n == 0 then return states_of end
  call('ZREM', P .. 'e', unpack(leases))
  call('HDEL', P .. 'o', unpack(ended))
  call('ZADD', P .. 'f', unpack(finished))
  call('HSET', P .. 't', unpack(written))
  states.R, states.C = (states.R or 0) - n, (states.C or 0) + n
  for _, each in pairs(claims) do
    each.Q.r, each.Q.u = each.Q.r - #each.ids, each.Q.u - #each.ids
    note_all('C', each.ids, 1, each.node)
  end
  return states_of
end
