package io.reactorscheduler.redis;

import io.reactorscheduler.build.PublicTypes;
import org.junit.jupiter.api.Test;

class PublicTypesTest {

    @Test
    void publicTypesAreThePinnedOnes() {
        PublicTypes.assertPinned(PublicTypesTest.class);
    }
}
