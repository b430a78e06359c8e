-- Prolongs leases from now on; one that has expired or ended is lost for good.
-- USES: runs
-- KEYS: prefix
-- ARGV: lease micros, per claim: id number fence
-- RETURNS: now, the places of the lost ones in the call (from 0), the places of those that their owner has to end
local lost, to_end = {}, {}
local some_end = call('EXISTS', P .. 'x') == 1
for i = 2, #ARGV, 3 do
  local name = lease_name(ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]))
  local deadline = call('ZSCORE', P .. 'e', name)
  if deadline and tonumber(deadline) >= now then
    call('ZADD', P .. 'e', now + ARGV[1], name)
    if some_end and call('SISMEMBER', P .. 'x', name) == 1 then to_end[#to_end + 1] = out((i - 2) / 3) end
  else
    lost[#lost + 1] = out((i - 2) / 3)
  end
end
return { out(now), lost, to_end }
