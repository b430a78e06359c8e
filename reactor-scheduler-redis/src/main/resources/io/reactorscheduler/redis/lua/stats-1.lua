-- Numbers of tasks by state and by queue.
-- USES: line
-- KEYS: prefix
-- ARGV: the most keys of a lane that are looked at for the oldest due task
-- RETURNS: now, states and numbers, queues (name waiting due running oldest-due)
local replies = {}
for _, name in ipairs(call('SMEMBERS', P .. 'q')) do
  local Q = queue(name)
  local waiting, is_due, oldest_due = 0, 0, NEVER
  for _, A in ipairs(call('ZRANGE', Q.lanes, 0, -1)) do
    local all, first = call('ZCARD', line(Q, A)), call('ZRANGE', line(Q, A), 0, 0, 'WITHSCORES')
    local ready = call('ZCOUNT', line(Q, A), '-inf', now)
    waiting, is_due = waiting + all - ready, is_due + ready
    if ready > 0 then oldest_due = math.min(oldest_due, tonumber(first[2])) end
    for _, keys in ipairs(Q.w > 0 and { round(Q, A), rest(Q, A) } or {}) do
      for _, key in ipairs(call('ZRANGE', keys, 0, ARGV[1] - 1)) do
        first = call('ZRANGE', key_line(Q, A, key), 0, 0, 'WITHSCORES')
        if first[2] then oldest_due = math.min(oldest_due, tonumber(first[2])) end
      end
    end
  end
  replies[#replies + 1] = { name, out(waiting), out(is_due + Q.w), out(Q.r), oldest_due ~= NEVER and out(oldest_due) }
end
local numbers, found = call('HGETALL', P .. 'c'), {}
for i = 1, #numbers, 2 do
  local state, number = numbers[i], numbers[i + 1]
  if is_count(number) then
    found[#found + 1], found[#found + 2] = state, number
  else
    copy_field('c', state, number)
  end
end
return { out(now), found, replies }
