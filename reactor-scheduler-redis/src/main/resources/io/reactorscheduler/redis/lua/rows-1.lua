-- Executions by their names, as names-1 gives them; those that are gone by now are left out.
-- USES: rows
-- KEYS: prefix
-- ARGV: names...
-- RETURNS: now, executions
local found = {}
for _, name in ipairs(ARGV) do
  local fence, number, id = string.match(name, '^([^:]*):([^:]*):(.*)$')
  local T = task(id)
  local E = T and T.e and T.e[tonumber(number)]
  if E and out(E.f) == fence and not E.w then
    found[#found + 1] = opened(id, T, tonumber(number), E)
  elseif T then
    for _, R in ipairs(rows_of_task(id, T)) do
      if row_name(id, R) == name then found[#found + 1] = execution(id, T, R, R.s, R.N) end
    end
  end
end
return { out(now), found }
