-- Tells the owner of a claimed execution to end it.
-- USES: reply
-- KEYS: prefix
-- ARGV: task id, number, execution id, token
-- RETURNS: now, R (it is claimed) or N (it is not) or U (its task is unknown) or B (damaged)
local known = answered(ARGV[4])
if known then return { out(now), known[1] } end
local T, damaged = task(ARGV[1])
if not T then return { out(now), unknown(damaged)[1] } end
local E = T.e and T.e[tonumber(ARGV[2])]
if not E or E.w then return { out(now), answer(ARGV[4], { 'N' })[1] } end
end_by_owner(ARGV[1], tonumber(ARGV[2]), E)
keep(ARGV[1], T)
tell('E', counter('f'), ARGV[3])
return { out(now), answer(ARGV[4], { 'R' })[1] }
