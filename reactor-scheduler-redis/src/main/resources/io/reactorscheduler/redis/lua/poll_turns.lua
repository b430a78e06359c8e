-- USES: poll
-- What a node may claim where keys have limits: the keys of a priority take turns.

-- due tasks join the lines of their keys, so many at most; keys whose rest is over join the round
local function join_due(Q, A, most)
  local scored = due_in(Q, A, math.min(most, MOST_ROWS))
  local names, lanes_of = {}, {}
  for i = 1, #scored / 2 do names[i], lanes_of[i] = scored[2 * i - 1], A end
  local _, tasks = rows_of(Q, names, lanes_of)
  for i, name in ipairs(names) do
    if tasks[i] then
      call('ZREM', line(Q, A), name)
      join_key(Q, A, tasks[i].k or '', scored[2 * i], name)
      Q.dirty[A] = true
    end
  end
  for _, key in ipairs(call('ZRANGEBYSCORE', rest(Q, A), '-inf', now, 'LIMIT', 0, most)) do
    call('ZREM', rest(Q, A), key)
    enter(Q, A, key)
  end
  return #names
end

-- tasks leave the lines of their keys where these have no limits any more, so many at most
local function leave_turns(Q, most)
  for _, A in ipairs(call('ZRANGE', Q.lanes, 0, -1)) do
    Q.dirty[A] = true
    for _, keys in ipairs({ round(Q, A), rest(Q, A) }) do
      for _, key in ipairs(call('ZRANGE', keys, 0, most)) do
        local names = call('ZRANGE', key_line(Q, A, key), 0, most - 1, 'WITHSCORES')
        for i = 1, #names, 2 do
          call('ZADD', line(Q, A), names[i + 1], names[i])
          leave_key(Q, A, key, names[i])
          most = most - 1
        end
        if most <= 0 then break end
      end
    end
    settle_lane(Q, A)
  end
end

-- the lane whose turn it is among lanes of one priority, and the key
local function next_turn(Q, lanes)
  local lane_of, key_of, best = nil, nil, NEVER
  for _, A in ipairs(lanes) do
    local first = call('ZRANGE', round(Q, A), 0, 0, 'WITHSCORES')
    if first[2] and tonumber(first[2]) < best then lane_of, key_of, best = A, first[1], tonumber(first[2]) end
  end
  return lane_of, key_of
end

-- whether a key may start a run now; else it waits where it costs nothing
local function may_start(Q, A, key)
  if key == '' then return true end
  if Q.k and (tonumber(call('HGET', P .. 'n:' .. Q.name, key) or 0) or 0) >= Q.k then
    park(Q, A, key)
    return false
  end
  local time = next_of_key(Q, key)
  if time > now then
    call('ZREM', round(Q, A), key)
    call('ZADD', rest(Q, A), time, key)
    return false
  end
  return true
end
