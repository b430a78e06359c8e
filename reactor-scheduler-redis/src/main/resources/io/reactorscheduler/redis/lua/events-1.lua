-- The events of an execution in their order.
-- USES: said
-- KEYS: prefix
-- ARGV: execution id
-- RETURNS: now, events (micros, level, message, progress)
local found = {}
for _, raw in ipairs(call('LRANGE', P .. 'y:' .. ARGV[1], 0, -1)) do
  local event = said_of(raw)
  if event then
    found[#found + 1] = { out(event[1]), event[2], event[3], event[4] }
  else
    leave_row('y:' .. ARGV[1], raw)
  end
end
return { out(now), found }
