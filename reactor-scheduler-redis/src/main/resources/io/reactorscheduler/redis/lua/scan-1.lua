-- Some of the tasks that match, in no order: a step of a walk over all of them.
-- USES: reply
-- KEYS: prefix
-- ARGV: cursor, count, state, queue, handler, after id (each of the last four empty for any)
-- RETURNS: now, the next cursor, tasks
local step = call('HSCAN', P .. 't', ARGV[1], 'COUNT', ARGV[2])
local state, name, handler, after = some(ARGV[3]), some(ARGV[4]), some(ARGV[5]), ARGV[6]
local found = {}
for i = 1, #step[2], 2 do
  local id, T = step[2][i], task_of(step[2][i], step[2][i + 1])
  if T and (not state or state == (T.s or 'P')) and (not name or name == (T.q or 'default'))
    and (not handler or handler == T.h) and id > after then
    found[#found + 1] = info(id, T)
  end
end
return { out(now), step[1], found }
