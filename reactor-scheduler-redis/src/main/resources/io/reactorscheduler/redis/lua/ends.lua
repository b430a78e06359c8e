-- USES: reply history
-- The end of a claim, as its arguments say it.

local function was_recorded(id, T, number, fence)
  if not T then return false end
  local E = T.e and T.e[number]
  if E then return E.p == fence end
  if not call('ZSCORE', P .. 'f', row_name(id, { n = number, f = fence })) then return false end
  for _, R in ipairs(rows_of_task(id, T)) do
    if R.n == number and not R.k then return not R.g end
  end
  return false
end

local function given(T, E, number, kind, error)
  local halted = is_halted(T, number)
  if (kind ~= 'T' and kind ~= 'P') or not (halted or E.z) then return kind end
  if not halted and error then return 'F' end
  return 'X', halted and CANCELLED or REPLACED
end

local function record_skips(id, T, E, each)
  for i = each.skips, each.skips + 3 * each.skipped - 1, 3 do
    local from, runs, reason = num(ARGV[i]), tonumber(ARGV[i + 1]), ARGV[i + 2]
    if not E.g then T.u = (T.u or 0) + runs end
    add_row(id, T, {
      n = each.number, k = from, s = 'S', F = from, e = each.ended, a = 0, N = E.n, f = each.fence, M = reason, c = runs,
      i = E.i, v = E.v,
    })
    note('Z', id, each.number, E.n, reason)
  end
end

local function go_on_later(id, T, E, each, last)
  E.E, E.S = each.error, each.started
  if each.next and not E.g and T.H == each.number then set_head(T, unpack(each.next, 1, 3)) end
  if last == 'T' then E.a = each.attempt + 1 end
  wait_again(E, last == 'T' and each.retry_at or E.D, last == 'T' and 1 or nil)
  E.p = each.fence
  settle(id, T, nil)
  note(last, id, each.number, E.n, each.error and each.error[2])
end

local function finish(id, T, E, each, last, reason)
  T.e[each.number] = nil
  add_row(id, T, {
    n = each.number, s = last, F = E.F, S = each.started, e = each.ended, a = each.attempt, N = E.n, f = each.fence,
    E = each.error, R = last == each.kind and each.result or nil, M = reason or each.reason, i = E.i, v = E.v,
  })
  local has_head = T.H == each.number
  if not E.g and each.next and (has_head or not T.o) then
    set_head(T, unpack(each.next, 1, 3))
  elseif not E.g and has_head then
    T.H = nil
  end
  settle(id, T, last)
  note(last == 'S' and 'Z' or last, id, each.number, E.n, reason or each.error and each.error[2] or each.reason)
end

local function complete(each)
  local id, number = each.id, each.number
  local T = task(id)
  local E = T and T.e and T.e[number]
  if not E or E.w or E.f ~= each.fence then return was_recorded(id, T, number, each.fence) and (T.s or 'P') or '' end
  end_run(id, T, number, E)
  if each.kind ~= 'P' then T.C = nil end
  record_skips(id, T, E, each)
  if each.fire then E.F, E.b = each.fire, each.buffered end
  local last, reason = given(T, E, number, each.kind, each.error)
  if last == 'T' or last == 'P' then
    go_on_later(id, T, E, each, last)
  else
    finish(id, T, E, each, last, reason)
  end
  keep(id, T)
  return T.s or 'P'
end
