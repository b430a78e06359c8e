-- Ends a task until it is resumed: waiting work leaves the line, owners of running work are told. A task that is over
-- stays as it is.
-- USES: reply
-- KEYS: prefix
-- ARGV: executions kept, id, token
-- RETURNS: now, the task or U (unknown) or B (damaged)
local known = answered(ARGV[3])
if known then return { out(now), known } end
keep_history(ARGV[1], NEVER, NEVER)
local id = ARGV[2]
local T, damaged = task(id)
if not T then return { out(now), unknown(damaged) } end
if not is_over(T.s) then
  displace(id, T)
  cancel_waiting(id, T, CANCELLED, true)
  halt(T)
  settle(id, T, nil)
  set_state(T, 'X')
  end_by_owners(id, T)
  keep(id, T)
  note('X', id, nil, nil, CANCELLED)
  settle_queues()
end
return { out(now), answer(ARGV[3], info(id, T)) }
