-- Writes the next heads of overlapping tasks: each once, by the execution that took the head before it.
-- USES: settle
-- KEYS: prefix
-- ARGV: per head: id number fence fire due buffered (due empty where the timeline has ended)
-- RETURNS: now
for i = 1, #ARGV, 6 do
  local id, number, fence = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local T = task(id)
  local E = T and T.e and T.e[number]
  if E and not E.w and E.f == fence and not E.g and T.H == number then
    set_head(T, num(ARGV[i + 3]), num(ARGV[i + 4]), num(ARGV[i + 5]))
    place(id, T)
    keep(id, T)
  end
end
settle_queues()
return { out(now) }
