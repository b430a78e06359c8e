-- Adds executions outside of the timelines, due now; each once for its token.
-- USES: reply
-- KEYS: prefix
-- ARGV: token, per execution: id fire has-input input
-- RETURNS: now, answers (per execution one of: N and its number, F and the capacity and name of a full queue, U
--   unknown, B damaged)
local known = answered(ARGV[1])
if known then return { out(now), known } end
local replies = {}
for i = 2, #ARGV, 4 do
  local id = ARGV[i]
  local T, damaged = task(id)
  if T and is_full(queue_of(T)) then
    replies[#replies + 1] = full(queue_of(T))
  elseif T then
    queue_of(T).u = queue_of(T).u + 1
    displace(id, T)
    T.N = (T.N or 0) + 1
    local input = ARGV[i + 2] == '1' and ARGV[i + 3] or nil
    local X = { n = T.N, F = num(ARGV[i + 1]), D = now, i = input, o = counter('f') }
    call('RPUSH', P .. 'a:' .. id, cmsgpack.pack(X))
    T.X = (T.X or 0) + 1
    T.D = T.D or now
    settle(id, T, nil)
    keep(id, T)
    note('S', id, T.N)
    replies[#replies + 1] = { 'N', out(T.N) }
  else
    replies[#replies + 1] = unknown(damaged)
  end
end
settle_queues()
return { out(now), answer(ARGV[1], replies) }
