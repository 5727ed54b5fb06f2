#include "report/receive.h"

#include "report/answer.h"
#include "report/desk.h"

#include <stdlib.h>

struct receiver {
    struct receiver_setup setup;
    struct desk *desk;
    struct hook_delivery *deliveries; /* that wait for the store, linked */
    size_t waiting;                   /* of them */
};

/* One POST to a hook. It belongs to its connection, and to whoever stores it, until both have let
 * go. */
struct hook_delivery {
    struct receiver *receiver; /* NULL: it was stopped */
    struct hook_delivery *next, **link;
    struct MHD_Connection *connection; /* NULL: it is gone */
    struct arena *arena;
    struct webhook_delivery posted;
    size_t header_capacity;
    struct web_header *headers;
    struct buffer body;
    size_t hook;
    struct span id;
    bool given; /* to whoever stores it, and not answered yet */
    bool answered;
    struct route_answer answer;
};

static void delivery_release(struct hook_delivery *delivery) {
    if (delivery->connection == NULL && !delivery->given) {
        buffer_done(&delivery->answer.body);
        buffer_done(&delivery->body);
        arena_free(delivery->arena);
        free(delivery);
    }
}

static enum MHD_Result on_delivery_header(void *context, enum MHD_ValueKind kind, const char *name,
                                          const char *value) {
    struct hook_delivery *delivery = context;
    size_t count = delivery->posted.header_count;
    (void)kind;
    delivery->headers = arena_grow(delivery->arena, delivery->headers, count,
                                   &delivery->header_capacity, sizeof *delivery->headers);
    delivery->headers[count].name = arena_copy(delivery->arena, span_of(name));
    delivery->headers[count].value = arena_copy(delivery->arena, span_of(value));
    delivery->posted.headers = delivery->headers;
    delivery->posted.header_count++;
    return MHD_YES;
}

static struct hook_delivery *delivery_create(struct receiver *receiver,
                                             struct MHD_Connection *connection) {
    struct hook_delivery *delivery = NEW(struct hook_delivery);
    *delivery = (struct hook_delivery){.receiver = receiver,
                                       .connection = connection,
                                       .arena = arena_create(),
                                       .answer = {.status = 202, .type = "application/json"}};
    buffer_init(&delivery->body, LIMIT_HOOK);
    buffer_init(&delivery->answer.body, LIMIT_DOCUMENT);
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, on_delivery_header, delivery);
    return delivery;
}

/* Status 202 is no problem: it says in the same words that there is nothing to do. */
static void answer_verdict(struct route_answer *answer, const struct desk_verdict *verdict) {
    route_problem(answer, verdict->refusal.status, verdict->refusal.title);
    answer->allow = "POST";
    answer->retry_s = verdict->retry_s;
    if (verdict->refusal.status == 202) {
        buffer_clear(&answer->body);
        buffer_append_string(&answer->body, "{\"known\":true}\n");
        answer->type = "application/json";
    }
}

/* Ends a delivery without asking anybody. */
static enum MHD_Result delivery_refuse(struct hook_delivery *delivery,
                                       const struct desk_verdict *verdict) {
    log_debug(delivery->receiver->setup.log, "hook_refused",
              LOG_INT("status", verdict->refusal.status),
              LOG_STRING("why", verdict->refusal.title));
    answer_verdict(&delivery->answer, verdict);
    delivery->answered = true;
    return answer_send(delivery->connection, &delivery->answer);
}

enum MHD_Result receiver_begin(struct receiver *receiver, struct MHD_Connection *connection,
                               const struct http_facts *facts, struct hook_delivery **begun) {
    struct hook_delivery *delivery = delivery_create(receiver, connection);
    struct desk_verdict verdict = {
        .refusal = http_judge_delivery(facts, receiver->setup.policy, LIMIT_HOOK)};
    *begun = delivery;
    delivery->hook = desk_hook(receiver->desk, http_hook_name(facts->target));
    if (verdict.refusal.status == 0) {
        verdict = desk_judge_head(receiver->desk, delivery->hook, &delivery->posted);
    }
    if (verdict.refusal.status != 0) {
        return delivery_refuse(delivery, &verdict);
    }
    return MHD_YES;
}

/* Handed on to be stored; the connection sleeps until hook_answer(). */
static void delivery_give(struct receiver *receiver, struct hook_delivery *delivery) {
    delivery->given = true;
    delivery->next = receiver->deliveries;
    delivery->link = &receiver->deliveries;
    if (delivery->next != NULL) {
        delivery->next->link = &delivery->next;
    }
    receiver->deliveries = delivery;
    receiver->waiting++;
    MHD_suspend_connection(delivery->connection);
    const struct hooks *hooks = receiver->setup.hooks;
    hooks->on_delivery(hooks->context, delivery, delivery->hook, delivery->posted.body);
}

static enum MHD_Result delivery_whole(struct receiver *receiver, struct hook_delivery *delivery) {
    delivery->posted.body = buffer_span(&delivery->body);
    struct desk_verdict verdict =
        desk_judge(receiver->desk, delivery->hook, &delivery->posted, receiver->setup.clock,
                   receiver->waiting, delivery->arena);
    if (verdict.refusal.status != 0) {
        return delivery_refuse(delivery, &verdict);
    }
    delivery->id = verdict.id;
    delivery_give(receiver, delivery);
    return MHD_YES;
}

/* Called for every piece of the body, with none when it is whole, and again when it is awake. */
enum MHD_Result receiver_go_on(struct receiver *receiver, struct hook_delivery *delivery,
                               const char *data, size_t *size) {
    if (*size > 0) {
        bool fits =
            delivery->answered || buffer_append(&delivery->body, (struct span){data, *size});
        *size = 0;
        return fits ? MHD_YES : MHD_NO; /* it says one length and has another */
    }
    if (delivery->answered) {
        return answer_send(delivery->connection, &delivery->answer);
    }
    return delivery->given ? MHD_YES : delivery_whole(receiver, delivery);
}

static void answer_result(struct route_answer *answer, const struct hook_result *result) {
    if (result->outcome == HOOK_UNREADABLE) {
        route_problem_detail(answer, 422, "the delivery cannot be understood", result->why);
    } else if (result->outcome == HOOK_LATER) {
        route_problem(answer, 503, "it could not be stored; please send it again");
        answer->retry_s = 5;
    } else {
        buffer_print(&answer->body, "{\"items\":%zu}\n", result->items);
    }
}

/* Out of the list of those that wait. */
static void delivery_unlink(struct hook_delivery *delivery) {
    *delivery->link = delivery->next;
    if (delivery->next != NULL) {
        delivery->next->link = delivery->link;
    }
    delivery->receiver->waiting--;
}

void hook_answer(struct hook_delivery *delivery, const struct hook_result *result) {
    struct receiver *receiver = delivery->receiver;
    delivery->given = false;
    if (receiver != NULL) {
        delivery_unlink(delivery);
    }
    if (receiver != NULL && result->outcome == HOOK_STORED) {
        desk_remember(receiver->desk, delivery->hook, delivery->id, receiver->setup.clock);
    }
    if (receiver != NULL && delivery->connection != NULL) {
        answer_result(&delivery->answer, result);
        delivery->answered = true;
        MHD_resume_connection(delivery->connection);
        receiver->setup.on_awake(receiver->setup.context);
    }
    delivery_release(delivery);
}

/* The daemon must not be stopped while connections sleep. Those who wait are told to come again;
 * what they sent may be stored all the same, and then is when it comes again. */
void receiver_stop(struct receiver *receiver) {
    const struct hook_result later = {.outcome = HOOK_LATER};
    for (struct hook_delivery *delivery = receiver->deliveries; delivery != NULL;
         delivery = delivery->next) {
        delivery->receiver = NULL;
        answer_result(&delivery->answer, &later);
        delivery->answered = true;
        MHD_resume_connection(delivery->connection);
    }
    receiver->deliveries = NULL;
}

bool receiver_is_whole(const struct hook_delivery *delivery) {
    return delivery->given || delivery->answered;
}

void receiver_let_go(struct hook_delivery *delivery) {
    delivery->connection = NULL;
    delivery_release(delivery);
}

struct receiver *receiver_create(const struct receiver_setup *setup) {
    struct receiver *receiver = NEW(struct receiver);
    *receiver = (struct receiver){.setup = *setup, .desk = desk_create(setup->hooks)};
    return receiver;
}

void receiver_free(struct receiver *receiver) {
    desk_free(receiver->desk);
    free(receiver);
}
