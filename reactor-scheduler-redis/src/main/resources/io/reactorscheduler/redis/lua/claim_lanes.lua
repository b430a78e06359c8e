-- USES: first_claims
-- Claims in a queue without limits per key: by due time and arrival.

local function claim_lanes(asked, Q, lanes, free, taken)
  while free > 0 do
    local names, lanes_of = first_due(Q, lanes, math.min(free, MOST_ROWS))
    if #names == 0 then break end
    local ids, tasks = rows_of(Q, names, lanes_of)
    local i, T = 1, nil
    repeat
      local first_runs = count_first_runs(tasks, i)
      if first_runs > 0 then
        leave_lines(Q, tasks, lanes_of, i, i + first_runs - 1)
        free = free - claim_first_runs(asked, Q, ids, tasks, i, i + first_runs - 1, taken)
      end
      i = i + first_runs
      T = tasks[i]
      if T then
        call('ZREM', line(Q, lanes_of[i]), names[i])
        Q.dirty[lanes_of[i]] = true
        free = free - take(Q, taken, claim(ids[i], T, asked.node, asked.lease, asked.claims))
        i = i + 1
      end
      -- one that is in line again may come before those that were found
    until not T or T.n
  end
  return free
end
