-- Deletes a task with all that is known of it; owners of running work are told, what they report is stale.
-- USES: reply
-- KEYS: prefix
-- ARGV: id, token
-- RETURNS: now, the task or U (unknown) or B (damaged)
local known = answered(ARGV[2])
if known then return { out(now), known } end
local id = ARGV[1]
local T, damaged = task(id)
if not T then return { out(now), unknown(damaged) } end
local reply = info(id, T)
if open(T) > 0 then tell('C', counter('f'), id) end
for number, E in pairs(T.e or {}) do
  if not E.w then end_run(id, T, number, E) end
end
T.w = T.w or {}
for _, R in ipairs(rows_of_task(id, T)) do drop_row(id, T, R) end
for number in pairs(T.e or {}) do
  if T.Y then call('UNLINK', P .. 'y:' .. id .. '#' .. out(number)) end
end
if #dropped > 0 then
  for _, result in ipairs(dropped) do call('RPUSH', P .. 'd', result) end
end
call('UNLINK', P .. 'h:' .. id)
delete_task(id, T)
note('D', id)
settle_queues()
return { out(now), answer(ARGV[2], reply) }
