package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestTest {
    private static final long LOOK_MICROS = 10;
    private static final long RESTED_MICROS = 60;
    private static final long HOUR_MICROS = 3_600_000_000L;

    private final Rest rest = new Rest();
    private long now = HOUR_MICROS;

    @Test
    void withoutClaimsThereIsNone() {
        rest.lookTook(LOOK_MICROS);

        assertThat(rested()).isZero();
    }

    @Test
    void whereClaimsComeCloseTogetherItIsSixTimesALook() {
        claim(100, 1, 20);

        assertThat(rested()).isEqualTo(RESTED_MICROS);
    }

    @Test
    void aLookThatTookLongMakesNoneThatIsLongerThanTheLongest() {
        claim(100, 1, 20);
        rest.lookTook(HOUR_MICROS);
        rest.dealt(1, now);

        assertThat(rested()).isEqualTo(Rest.LONGEST_MICROS);
    }

    @Test
    void aClockThatWasSetBackDuringALookMakesNone() {
        claim(100, 1, 20);
        rest.lookTook(-HOUR_MICROS);
        rest.dealt(1, now);

        assertThat(rested()).isZero();
    }

    @Test
    void whereClaimsComeFurtherApartThereIsNone() {
        claim(100, 1, 40);

        assertThat(rested()).isZero();
    }

    @Test
    void severalClaimsOfALookAreAsCloseAsTheTimeBetweenLooksDividedByThem() {
        claim(100, 10, 200);

        assertThat(rested()).isEqualTo(RESTED_MICROS);
    }

    @Test
    void afterALookThatWasWorthItThereIsNone() {
        claim(100, 32, 200);

        assertThat(rested()).isZero();
    }

    @Test
    void aFewThatComeTogetherAreNotEnough() {
        claim(2, 10, 20);

        assertThat(rested()).isZero();
    }

    @Test
    void whatWasAMillisecondAgoSaysNothingOfNow() {
        claim(100, 1, 20);
        claim(1, 20, 1_000);

        assertThat(rested()).isZero();
    }

    @Test
    void aDueTimeAfterTheRestIsKept() {
        claim(100, 1, 20);

        assertThat(rest.before(now + RESTED_MICROS + 1, now)).isEqualTo(now + RESTED_MICROS + 1);
    }

    @Test
    void aClockThatIsSetBackMakesNoLongerOneAndOnlyOne() {
        claim(100, 1, 20);

        now -= HOUR_MICROS;

        assertThat(rested()).isEqualTo(Rest.LONGEST_MICROS);
        claim(1, 1, 0);
        assertThat(rested()).isZero();
    }

    private void claim(int looks, int claims, long apartMicros) {
        for (int i = 0; i < looks; i++) {
            now += apartMicros;
            rest.lookTook(LOOK_MICROS);
            rest.dealt(claims, now);
        }
    }

    /** How long what is due now has to wait. */
    private long rested() {
        return rest.before(now, now) - now;
    }
}
