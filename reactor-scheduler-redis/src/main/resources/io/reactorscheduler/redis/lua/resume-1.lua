-- Puts a cancelled or quarantined task back in line with a head; another task stays as it is.
-- USES: reply
-- KEYS: prefix
-- ARGV: id, fire, due, buffered, token
-- RETURNS: now, the task or U (unknown) or B (damaged)
local known = answered(ARGV[5])
if known then return { out(now), known } end
local id = ARGV[1]
local T, damaged = task(id)
if not T then return { out(now), unknown(damaged) } end
if T.s == 'X' or T.s == 'Q' or T.z then
  displace(id, T)
  unhalt(T)
  new_head(T, num(ARGV[2]), num(ARGV[3]), num(ARGV[4]))
  settle(id, T, nil)
  keep(id, T)
  note('S', id)
  settle_queues()
end
return { out(now), answer(ARGV[5], info(id, T)) }
