-- What a node must look at that may have missed news: queues with work or settings, tasks that were ended while they run.
-- USES: task
-- KEYS: prefix
-- ARGV: the most claimed executions to look at
-- RETURNS: now, queues, declared queues, ended tasks, the last fence
local names, declared, halted, seen = call('SMEMBERS', P .. 'q'), {}, {}, {}
for _, name in ipairs(names) do
  if call('HEXISTS', P .. 'Q:' .. name, 'D') == 1 then declared[#declared + 1] = name end
end
for _, name in ipairs(call('ZRANGE', P .. 'e', 0, ARGV[1] - 1)) do
  local id = string.match(name, '^[^:]*:[^:]*:(.*)$')
  local T = id and not seen[id] and task(id)
  if T and T.z then halted[#halted + 1] = id end
  seen[id or ''] = true
end
return { out(now), names, declared, halted, out(counter('f')) }
