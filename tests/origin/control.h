/* What tests may ask of the origin itself. Answers are plain text or JSON lines; 400 says why.
 *
 *     GET    /control/log            one JSON object a request served: n, ms (since the start or
 * the last change of time), path, query, status, validators, ... DELETE /control/log forgets it GET
 * /control/truth          what was said, as --truth writes it; ?published=1: up to now GET
 * /control/stats          {"now":...,"now_ms":...,"posts":...,"published":...,
 *                                     "requests":...,"violations":...}
 *     POST   /control/time?now=T     the present becomes T (RFC 3339 or milliseconds)
 *     POST   /control/time?advance=D moves it on by "1h30m"
 *     POST   /control/time?speed=X   from here on it passes X times as fast
 *     GET    /control/faults         the faults in force, with counts
 *     POST   /control/faults         adds the faults in the body, one a line (or ?add=SPEC)
 *     DELETE /control/faults         heals all */
#ifndef TESTS_ORIGIN_CONTROL_H
#define TESTS_ORIGIN_CONTROL_H

#include "tests/origin/state.h"

/* Declared in state.h: control_answer(). */

#endif
