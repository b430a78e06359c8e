-- Records the ends of claims with the next heads of their timelines; a claim that is not the last of its execution
-- changes nothing. An end that was recorded before is answered as recorded again.
-- USES: reply trim
-- KEYS: prefix
-- ARGV: executions kept per task, age micros, executions kept in all, per end: id number fence kind (C completed,
--   F failed, T retry, X cancelled, S skipped, P released) attempt started ended retry-at fire buffered
--   next (U unchanged, or fire) next-due next-buffered result-flag result reason error-flag type message trace skips,
--   per skip: from count reason
-- RETURNS: now, per end the state of its task or empty where stale, results of deleted executions
keep_history(ARGV[1], ARGV[2], ARGV[3])

local function was_recorded(id, T, number, fence)
  if not T then return false end
  local E = T.e and T.e[number]
  if E then return E.p ~= nil and E.f == fence end
  if not call('ZSCORE', P .. 'f', row_name(id, { n = number, f = fence })) then return false end
  for _, raw in ipairs(call('LRANGE', P .. 'h:' .. id, 0, -1)) do
    local R = unpacked(raw)
    if R and R.n == number and not R.k then return not R.g end
  end
  return false
end

local function given(T, E, number, kind, error)
  local halted = is_halted(T, number)
  if (kind ~= 'T' and kind ~= 'P') or not (halted or E.z) then return kind end
  if not halted and error then return 'F' end
  return 'X', halted and CANCELLED or REPLACED
end

local function complete(i, skips)
  local id, number, fence, kind = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3]
  local T = task(id)
  local E = T and T.e and T.e[number]
  if not E or E.w or E.f ~= fence then return was_recorded(id, T, number, fence) and (T.s or 'P') or '' end
  end_run(id, T, number, E)
  if kind ~= 'P' then T.C = nil end
  local error = ARGV[i + 16] == '1' and { ARGV[i + 17], ARGV[i + 18], ARGV[i + 19] } or nil
  local started, ended_at, attempt = num(ARGV[i + 5]), num(ARGV[i + 6]), tonumber(ARGV[i + 4])
  for s = i + 21, i + 20 + 3 * skips, 3 do
    if not E.g then T.u = (T.u or 0) + tonumber(ARGV[s + 1]) end
    add_row(id, T, {
      n = number, k = num(ARGV[s]), s = 'S', F = num(ARGV[s]), e = ended_at, a = 0, N = E.n, f = fence,
      M = ARGV[s + 2], c = tonumber(ARGV[s + 1]), i = E.i, v = E.v,
    })
    note('Z', id, number, E.n, ARGV[s + 2])
  end
  E.F, E.b = num(ARGV[i + 8]), num(ARGV[i + 9])
  local last, reason = given(T, E, number, kind, error)
  if last == 'T' or last == 'P' then
    E.E, E.S = error, started
    if last == 'T' then E.a = attempt + 1 end
    wait_again(E, last == 'T' and num(ARGV[i + 7]) or E.D, last == 'T' and 1 or nil)
    E.p = 1
    settle(id, T, nil)
    note(last, id, number, E.n, error and error[2])
  else
    T.e[number] = nil
    add_row(id, T, {
      n = number, s = last, F = E.F, S = started, e = ended_at, a = attempt, N = E.n, f = fence, E = error,
      R = ARGV[i + 13] == '1' and last == kind and ARGV[i + 14] or nil, M = reason or some(ARGV[i + 15]), i = E.i,
      v = E.v,
    })
    if not E.g and ARGV[i + 10] ~= 'U' and (T.H == number or not T.o) then
      set_head(T, num(ARGV[i + 10]), num(ARGV[i + 11]), num(ARGV[i + 12]))
    elseif not E.g and T.H == number then
      T.H = nil
    end
    settle(id, T, last)
    note(last == 'S' and 'Z' or last, id, number, E.n, reason or error and error[2] or ARGV[i + 15])
  end
  keep(id, T)
  return T.s or 'P'
end

local replies, i, budget = {}, 4, 8
while i <= #ARGV do
  local skips = tonumber(ARGV[i + 20])
  replies[#replies + 1] = complete(i, skips)
  i = i + 21 + 3 * skips
  budget = budget + 2 + 2 * skips
end
trim_rows(budget)
trim_ended(8)
settle_queues()
return { out(now), replies, dropped_results() }
