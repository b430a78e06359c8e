-- USES: trim
-- Ends of first runs that nothing has happened to since they were claimed: many at a time, each before its row. See task.

-- a text as MessagePack has it; short ones are most
local function packed_text(text)
  local length = #text
  if length < 256 then return '\217' .. string.char(length) .. text end
  return cmsgpack.pack(text)
end

-- the ends of kind c among some, each task once: their places and ids
local function first_ends(ends)
  local places, ids, seen = {}, {}, {}
  for place, i in ipairs(ends) do
    local id = ARGV[i]
    if ARGV[i + 3] == 'c' and not seen[id] then
      seen[id] = true
      places[#places + 1], ids[#ids + 1] = place, id
    end
  end
  return places, ids
end

-- what the ends of one claim call of one queue have in common; nil where its record cannot be read
local function claim_of(owner, claimed_by, claims)
  local known = claims[claimed_by]
  if known then return known end
  local fence, _, queue_name, node = owner_of(owner)
  if not fence then return nil end
  known = { Q = queue(queue_name), node = node, text = ':' .. #node .. ':' .. node .. ':', ids = {} }
  claims[claimed_by] = known
  return known
end

-- records what it can of the ends at some indexes of ARGV; gives the states of their tasks by the places of the ends
local function record_first_ends(ends)
  local states_of, places, ids = {}, first_ends(ends)
  if #ids == 0 or per_task == 0 then return states_of end
  local owners, rows = call('HMGET', P .. 'o', unpack(ids)), call('HMGET', P .. 't', unpack(ids))
  local leases, ended, written, finished, claims, order = {}, {}, {}, {}, {}, out(count('h', now))
  for k, id in ipairs(ids) do
    local i, owner = ends[places[k]], owners[k]
    local fence = ARGV[i + 2]
    local is_owner = owner and rows[k] and string.sub(owner, 1, #fence + 1) == fence .. ':'
    local claim = is_owner and claim_of(owner, string.sub(owner, #fence + 1), claims)
    if claim then
      local name, n = fence .. ':1:' .. id, #ended
      local result = ARGV[i + 6] == '1' and 'r' .. ARGV[i + 7] or ''
      leases[n + 1], ended[n + 1] = name, id
      finished[2 * n + 1], finished[2 * n + 2] = order, name
      written[2 * n + 1] = id
      written[2 * n + 2] = packed_text('C' .. ARGV[i + 4] .. ':' .. ARGV[i + 5] .. ':' .. fence .. claim.text .. result) .. rows[k]
      claim.ids[#claim.ids + 1] = id
      states_of[places[k]] = 'C'
    end
  end
  if #ended == 0 then return states_of end
  call('ZREM', P .. 'e', unpack(leases))
  call('HDEL', P .. 'o', unpack(ended))
  call('ZADD', P .. 'f', unpack(finished))
  call('HSET', P .. 't', unpack(written))
  states.R, states.C = (states.R or 0) - #ended, (states.C or 0) + #ended
  for _, claim in pairs(claims) do
    claim.Q.r, claim.Q.u = claim.Q.r - #claim.ids, claim.Q.u - #claim.ids
    note_all('C', claim.ids, 1, claim.node)
  end
  return states_of
end
