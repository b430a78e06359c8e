-- USES: rates
-- What a node may claim: lanes by priority, in each the tasks that are due.

local MOST_ROWS = 500

-- lanes that may have something now, of handlers that the node knows: a list per priority, the highest first
local function lanes_by_priority(Q, known)
  local by, order = {}, {}
  for _, A in ipairs(call('ZRANGEBYSCORE', Q.lanes, '-inf', now)) do
    local priority, handler = string.match(A, '^(-?%d+):(.*)$')
    if known[handler] then
      priority = tonumber(priority)
      if not by[priority] then
        by[priority] = {}
        order[#order + 1] = priority
      end
      table.insert(by[priority], A)
    end
  end
  table.sort(order, function(a, b) return a > b end)
  local groups = {}
  for i, priority in ipairs(order) do groups[i] = by[priority] end
  return groups
end

local function comes_before(a, b)
  if a.time ~= b.time then return a.time < b.time end
  return a.name < b.name
end

-- the first due tasks of some lanes: by due time and arrival
local function first_due(Q, lanes, most)
  local found = {}
  for _, A in ipairs(lanes) do
    local names = call('ZRANGEBYSCORE', line(Q, A), '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
    for i = 1, #names, 2 do
      found[#found + 1] = { name = names[i], time = tonumber(names[i + 1]), lane = A, id = false, task = false }
    end
  end
  if #lanes > 1 then table.sort(found, comes_before) end
  while #found > most do found[#found] = nil end
  return found
end

-- the rows of tasks that were found; one that cannot be read leaves the line, and the next sweep names it
local function rows_of(Q, found)
  local ids = {}
  for i, each in ipairs(found) do ids[i] = id_of(each.name) end
  local rows = #ids > 0 and call('HMGET', P .. 't', unpack(ids)) or {}
  for i, each in ipairs(found) do
    each.id, each.task = ids[i], as_task(rows[i])
    if not each.task then
      call('ZREM', line(Q, each.lane), each.name)
      call('SADD', P .. 'D', ids[i])
      Q.dirty[each.lane] = true
    end
  end
end

-- when there may be more to claim; whoever saves something sooner will say so
local function report(Q, known)
  for A in pairs(Q.dirty) do settle_lane(Q, A) end
  Q.dirty = {}
  local first, from = NEVER, 0
  repeat
    local lanes = call('ZRANGE', Q.lanes, from, from + 99, 'WITHSCORES')
    for i = 1, #lanes, 2 do
      if first == NEVER and known[string.match(lanes[i], '^-?%d+:(.*)$')] then first = tonumber(lanes[i + 1]) end
    end
    from = from + 100
  until first ~= NEVER or #lanes < 200
  Q.b = next_token(Q)
  if first ~= NEVER then first = math.max(first == -NEVER and now or first, Q.b) end
  Q.o, Q.news = math.max(Q.o, first), NEVER
  return first
end
