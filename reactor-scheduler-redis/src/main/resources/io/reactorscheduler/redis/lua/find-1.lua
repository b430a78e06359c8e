-- One task as it stands.
-- USES: reply
-- KEYS: prefix
-- ARGV: id
-- RETURNS: now, the task or U (unknown) or B (damaged)
local T, damaged = task(ARGV[1])
return { out(now), T and info(ARGV[1], T) or unknown(damaged) }
