-- The queues that were declared.
-- USES: base
-- KEYS: prefix
-- ARGV: none
-- RETURNS: now, queues (name, settings, concurrency, paused)
local found = {}
for _, name in ipairs(call('SMEMBERS', P .. 'q')) do
  local kept = call('HMGET', P .. 'Q:' .. name, 'D', 'C', 'n', 'p')
  if kept[1] then found[#found + 1] = { name, kept[2], kept[3], kept[4] or '' } end
end
return { out(now), found }
