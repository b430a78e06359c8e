-- USES: first_claims
-- Claims in a queue without limits per key: by due time and arrival.

local function claim_lanes(asked, Q, lanes, free, taken)
  while free > 0 do
    local found = first_due(Q, lanes, math.min(free, MOST_ROWS))
    if #found == 0 then break end
    rows_of(Q, found)
    local i, each = 1, nil
    repeat
      local first_runs
      first_runs, i = take_first_runs(Q, found, i)
      if #first_runs > 0 then claim_first_runs(asked, Q, first_runs, taken) end
      free = free - #first_runs
      each, i = found[i], i + 1
      if each then
        call('ZREM', line(Q, each.lane), each.name)
        Q.dirty[each.lane] = true
        free = free - take(Q, taken, claim(each.id, each.task, asked.node, asked.lease, asked.claims))
      end
      -- one that is in line again may come before those that were found
    until not each or each.task.n
  end
  return free
end
