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
    elseif not priority then
      leave_row('l:' .. Q.name, A)
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

-- the first due tasks of a lane, each with its time
local function due_in(Q, A, most)
  return call('ZRANGEBYSCORE', line(Q, A), '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
end

-- the first due tasks of some lanes, by due time and arrival: their names, and the lanes of these
local function first_due(Q, lanes, most)
  local names, lanes_of = {}, {}
  if #lanes == 1 then
    names = call('ZRANGEBYSCORE', line(Q, lanes[1]), '-inf', now, 'LIMIT', 0, most)
    for i = 1, #names do lanes_of[i] = lanes[1] end
    return names, lanes_of
  end
  local found = {}
  for _, A in ipairs(lanes) do
    local scored = due_in(Q, A, most)
    for i = 1, #scored, 2 do found[#found + 1] = { name = scored[i], time = tonumber(scored[i + 1]), lane = A } end
  end
  table.sort(found, comes_before)
  for i = 1, math.min(#found, most) do names[i], lanes_of[i] = found[i].name, found[i].lane end
  return names, lanes_of
end

-- the ids and rows of tasks in line; false for what leaves the line
local function rows_of(Q, names, lanes_of)
  local ids, tasks = {}, {}
  for i, name in ipairs(names) do ids[i] = id_of(name) end
  local rows = #ids > 0 and call('HMGET', P .. 't', unpack(ids)) or {}
  for i, id in ipairs(ids) do
    tasks[i] = as_task(rows[i]) or false
    if not tasks[i] then
      pass_over(string.sub(line(Q, lanes_of[i]), #P + 1), names[i], id, rows[i])
      Q.dirty[lanes_of[i]] = true
    end
  end
  return ids, tasks
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
