package io.reactorscheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one answer of the answers of two stores to a {@link ClaimRequest}. */
final class ClaimMerge {

    private ClaimMerge() {}

    /** What is left of a request after a first answer: the slots that are still free, of queues that have some. */
    static ClaimRequest left(ClaimRequest request, ClaimBatch first) {
        Map<String, List<Claim>> claims = byQueue(first);
        List<ClaimRequest.Slots> left = new ArrayList<>();
        for (ClaimRequest.Slots slots : request.slots()) {
            int free = slots.free() - taken(claims, slots.queue()).size();
            if (free > 0) {
                left.add(new ClaimRequest.Slots(slots.queue(), free));
            }
        }
        return new ClaimRequest(request.node(), request.lease(), left, request.handlers());
    }

    /** The answer of one store when the other was not asked, so that there may be more at once. */
    static ClaimBatch openEnded(ClaimRequest request, ClaimBatch only) {
        return of(
                request, only, new ClaimRequest(request.node(), request.lease(), List.of(), request.handlers()), null);
    }

    /** Both answers as one; of the queues that the second was not asked for there may be more at once. */
    static ClaimBatch of(ClaimRequest request, ClaimBatch first, ClaimRequest left, @Nullable ClaimBatch second) {
        long now = second == null ? first.nowMicros() : Math.max(first.nowMicros(), second.nowMicros());
        Map<String, List<Claim>> ofFirst = byQueue(first);
        Map<String, List<Claim>> ofSecond = second == null ? new HashMap<>() : byQueue(second);
        Map<String, Long> nextOfSecond = new HashMap<>();
        for (int i = 0; second != null && i < left.slots().size(); i++) {
            nextOfSecond.put(left.slots().get(i).queue(), second.nextDueMicros()[i]);
        }
        List<Claim> claims = new ArrayList<>();
        long[] next = new long[request.slots().size()];
        for (int i = 0; i < next.length; i++) {
            String queue = request.slots().get(i).queue();
            merge(taken(ofFirst, queue), taken(ofSecond, queue), claims);
            next[i] = Math.min(first.nextDueMicros()[i], nextOfSecond.getOrDefault(queue, now));
        }
        // Claims that nobody asked for are passed on too: whoever asked gives them back, here they would be lost.
        ofFirst.values().forEach(claims::addAll);
        ofSecond.values().forEach(claims::addAll);
        return new ClaimBatch(claims, next, now);
    }

    private static Map<String, List<Claim>> byQueue(ClaimBatch batch) {
        Map<String, List<Claim>> byQueue = new HashMap<>();
        for (Claim claim : batch.claims()) {
            byQueue.computeIfAbsent(claim.task().queue(), queue -> new ArrayList<>())
                    .add(claim);
        }
        return byQueue;
    }

    private static List<Claim> taken(Map<String, List<Claim>> byQueue, String queue) {
        List<Claim> claims = byQueue.remove(queue);
        return claims == null ? List.of() : claims;
    }

    /** By priority, then by due time, each list in its own order. */
    private static void merge(List<Claim> first, List<Claim> second, List<Claim> into) {
        int next = 0;
        for (Claim claim : first) {
            while (next < second.size() && comesBefore(second.get(next), claim)) {
                into.add(second.get(next++));
            }
            into.add(claim);
        }
        into.addAll(second.subList(next, second.size()));
    }

    private static boolean comesBefore(Claim one, Claim other) {
        int priority = Integer.compare(one.task().priority(), other.task().priority());
        return priority > 0 || (priority == 0 && one.dueMicros() < other.dueMicros());
    }
}
