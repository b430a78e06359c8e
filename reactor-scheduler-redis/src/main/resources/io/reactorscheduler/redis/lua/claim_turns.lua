-- USES: poll_turns
-- Claims in a queue with limits per key: keys take turns.

local function claim_turns(asked, Q, lanes, free, taken)
  for _, A in ipairs(lanes) do
    while asked.steps > 0 do
      local joined = join_due(Q, A, asked.steps)
      if joined == 0 then break end
      asked.steps = asked.steps - joined
    end
  end
  while free > 0 and asked.steps > 0 do
    local A, key = next_turn(Q, lanes)
    if not A then break end
    Q.dirty[A] = true
    asked.steps = asked.steps - 1
    if may_start(Q, A, key) then
      local name = call('ZRANGE', key_line(Q, A, key), 0, 0)[1]
      local id, T, damaged = nil, nil, false
      if name then
        id = id_of(name)
        enter(Q, A, key)
        leave_key(Q, A, key, name)
        T, damaged = task(id)
      end
      if not name then
        call('ZREM', round(Q, A), key)
        set_aside(string.sub(round(Q, A), #P + 1), key, 'has no tasks')
      elseif T then
        local took = take(Q, taken, claim(id, T, asked.node, asked.lease, asked.claims))
        if took == 1 and key ~= '' then use_token_of_key(Q, key) end
        free = free - took
        if T.n then join_due(Q, A, 1) end
      else
        pass_over(string.sub(key_line(Q, A, key), #P + 1), name, id, damaged)
      end
    end
  end
  return free
end
