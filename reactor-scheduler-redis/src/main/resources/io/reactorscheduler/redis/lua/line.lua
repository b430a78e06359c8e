-- USES: turns
-- The line of a queue: in each lane a ZSET w of what waits, by due time and arrival; l has the lanes by when they may
-- have something. At the end of a script settle_queues writes what changed and wakes nodes that would sleep too long.

local function member(T, id) return string.format('%012x', T.n) .. id end

local function id_of(name) return string.sub(name, 13) end

-- takes a task out of line; before its queue, priority, handler or key change
local function displace(id, T)
  if T.g then
    call('ZREM', P .. 'z', id)
    T.g = nil
  end
  if not T.n then return end
  local Q, A, name = queue_of(T), lane(T), member(T, id)
  if call('ZREM', line(Q, A), name) == 0 then leave_key(Q, A, T.k or '', name) end
  Q.dirty[A] = true
  T.n = nil
end

-- puts a task where its next due time says, in line or out of it
local function place(id, T)
  displace(id, T)
  local time = due(T)
  if time == NEVER then return end
  local Q, A = queue_of(T), lane(T)
  T.n = count('s', 0)
  call('ZADD', line(Q, A), time, member(T, id))
  Q.dirty[A] = true
  Q.news = math.min(Q.news, time)
end

-- a task in line cannot be read, or is not there: it leaves the line
local function pass_over(key, name, id, is_there)
  call('ZREM', P .. key, name)
  if is_there then leave_field('t', id) else set_aside(key, name, 'is of no task') end
end

-- when a lane may have something, nil when nothing is in it
local function opens(Q, A)
  local first = tonumber(call('ZRANGE', line(Q, A), 0, 0, 'WITHSCORES')[2])
  if Q.w > 0 then
    if call('EXISTS', round(Q, A)) == 1 then return -NEVER end
    local resting = tonumber(call('ZRANGE', rest(Q, A), 0, 0, 'WITHSCORES')[2])
    if resting then return math.min(first or NEVER, resting) end
  end
  return first
end

local function settle_lane(Q, A)
  local time = opens(Q, A)
  if time then call('ZADD', Q.lanes, time, A) else call('ZREM', Q.lanes, A) end
end

local function settle_queues()
  for _, Q in pairs(queues) do
    for A in pairs(Q.dirty) do settle_lane(Q, A) end
    local start = math.max(Q.news, Q.b)
    if start < Q.o and Q.p ~= 1 then
      Q.o = start
      tell('D', Q.news == -NEVER and now or start, Q.name)
    end
    if Q.new then call('SADD', P .. 'q', Q.name) end
    for _, field in ipairs(COUNTERS) do
      if Q[field] ~= Q.was[field] then call('HSET', P .. 'Q:' .. Q.name, field, Q[field]) end
    end
  end
  write_notes()
  for name in pairs(changed) do call('HSET', P .. 'm', name, meta[name]) end
  for state, by in pairs(states) do
    if by ~= 0 then count_on('c', state, by) end
  end
end
