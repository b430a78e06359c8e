package io.reactorscheduler;

interface Runner {}
