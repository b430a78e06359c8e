-- The queues that are known.
-- USES: base
-- KEYS: prefix
-- ARGV: none
-- RETURNS: now, per queue: name, settings or nothing where it was not declared, concurrency, paused
local found = {}
for _, name in ipairs(call('SMEMBERS', P .. 'q')) do
  local kept = call('HMGET', P .. 'Q:' .. name, 'D', 'C', 'n', 'p')
  found[#found + 1] = { name, kept[1] and kept[2], kept[3], kept[4] or '' }
end
return { out(now), found }
