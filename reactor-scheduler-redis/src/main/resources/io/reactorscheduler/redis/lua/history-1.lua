-- All executions of one task that are known, also those that wait.
-- USES: rows
-- KEYS: prefix
-- ARGV: id, the most that wait and were not claimed yet
-- RETURNS: now, executions
local id = ARGV[1]
local T = task(id)
local found = {}
if T then
  for _, R in ipairs(rows_of_task(id, T)) do found[#found + 1] = execution(id, T, R, R.s, R.N) end
  for number, E in pairs(T.e or {}) do found[#found + 1] = opened(id, T, number, E) end
  for _, raw in ipairs(call('LRANGE', P .. 'a:' .. id, 0, ARGV[2] - 1)) do
    local X = asked_of(raw)
    if X then
      found[#found + 1] = execution(id, T, { n = X.n, F = X.F, a = 0, f = 0, o = X.o, i = X.i, v = T.v }, 'P', '')
    else
      leave_row('a:' .. id, raw)
    end
  end
end
return { out(now), found }
