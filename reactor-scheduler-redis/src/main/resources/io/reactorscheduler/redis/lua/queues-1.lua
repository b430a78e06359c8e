-- The queues that are known.
-- USES: base
-- KEYS: prefix
-- ARGV: none
-- RETURNS: now, per queue: name settings paused
local found = {}
for _, name in ipairs(call('SMEMBERS', P .. 'q')) do
  local kept = call('HMGET', P .. 'Q:' .. name, 'C', 'p')
  found[#found + 1] = { name, kept[1] or '', kept[2] or '' }
end
return { out(now), found }
