-- USES: line
-- Settings of a queue: D as they were declared, C as they are but for n concurrency and p paused, and the limits that
-- scripts go by.

local MOST_KEYS = 10000

-- keys that wait for a limit that is another one now take their turns; where they are very many, the rest stays until a
-- run of theirs ends
local function wake_keys(Q)
  for _, A in ipairs(call('ZRANGE', Q.lanes, 0, -1)) do
    for _, key in ipairs(call('ZRANGE', rest(Q, A), 0, MOST_KEYS - 1)) do
      call('ZREM', rest(Q, A), key)
      call('SREM', parked(Q, key), A)
      enter(Q, A, key)
    end
    settle_lane(Q, A)
  end
end

-- writes settings that changed: text, paused, capacity, rate, period, runs of a key, rate of a key and its period
local function set_queue(Q, text, limits)
  local hash = P .. 'Q:' .. Q.name
  call('SADD', P .. 'q', Q.name)
  call('HSET', hash, 'C', text)
  local names = { 'p', 'c', 'l', 'L', 'k', 'y', 'Y' }
  local was = { Q.p, Q.c, Q.l, Q.L, Q.k, Q.y, Q.Y }
  for i, name in ipairs(names) do
    local value = num(limits[i])
    if value then call('HSET', hash, name, value) else call('HDEL', hash, name) end
    Q[name] = value
  end
  if was[3] ~= Q.l or was[4] ~= Q.L then
    call('HDEL', hash, 'g', 'G')
    Q.g, Q.G, Q.was.g, Q.was.G = nil, nil, nil, nil
  end
  if was[5] ~= Q.k or was[6] ~= Q.y or was[7] ~= Q.Y then wake_keys(Q) end
  -- nodes may have been told that there is nothing, or that a limit holds
  local first = call('ZRANGE', Q.lanes, 0, 0, 'WITHSCORES')[2]
  Q.b = -NEVER
  if first and Q.p ~= 1 then
    Q.o = NEVER
    Q.news = math.max(tonumber(first), 0)
  end
  tell('Q', 0, Q.name)
end
