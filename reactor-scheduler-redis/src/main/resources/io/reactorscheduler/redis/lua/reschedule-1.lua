-- Gives a task another trigger and head; one that is over is pending again.
-- USES: define
-- KEYS: prefix
-- ARGV: id, trigger, repeats (1 or empty), fire, due, buffered, token
-- RETURNS: now, the task or U (unknown) or B (damaged)
local known = answered(ARGV[7])
if known then return { out(now), known } end
local id = ARGV[1]
local T, damaged = task(id)
if not T then return { out(now), unknown(damaged) } end
displace(id, T)
local D = {}
for _, part in ipairs(PARTS) do D[part] = T[part] end
D.t, D.r = some(ARGV[2]), num(ARGV[3])
redefine(id, T, D)
unhalt(T)
T.u = nil
new_head(T, num(ARGV[4]), num(ARGV[5]), num(ARGV[6]))
settle(id, T, nil)
keep(id, T)
note('S', id)
settle_queues()
return { out(now), answer(ARGV[7], info(id, T)) }
