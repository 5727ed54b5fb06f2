/* The queue of mails: handed one by one to the thread that talks to the mail server, and back. */
#include "crawler/mail.h"

#include "crawler/mail_session.h"

#include <stdlib.h>

struct mail_send {
    struct link link; /* in one of the mailer's lists, or alone */
    struct mailer *mailer;
    struct arena *arena;
    struct mail_letter letter;
    struct mail_result result;
    mail_callback *on_done;
    void *context;
    bool cancelled; /* while its transaction is under way */
    bool over;      /* its callback is running */
};

struct mailer {
    uv_async_t done_signal;
    uv_thread_t thread;
    bool has_thread;
    struct mail_session *session;
    size_t count; /* mails whose callback is still to run */
    void (*on_closed)(void *context);
    void *context;

    uv_mutex_t mutex; /* over all that follows */
    uv_cond_t changed;
    struct link waiting;
    struct link done;
    struct mail_send *current;
    bool stopping;
    bool stopped; /* the thread has nothing more to say */
};

/* --- The thread ------------------------------------------------------------------------------- */

/* The next mail, or NULL when it is time to stop. */
static struct mail_send *take_next(struct mailer *mailer) {
    struct mail_send *send = NULL;
    uv_mutex_lock(&mailer->mutex);
    while (!mailer->stopping && list_is_empty(&mailer->waiting)) {
        uv_cond_wait(&mailer->changed, &mailer->mutex);
    }
    if (!mailer->stopping) {
        send = LIST_MEMBER(mailer->waiting.next, struct mail_send, link);
        list_take(&send->link);
        mail_session_clear(mailer->session); /* an abort was meant for the one before */
        mailer->current = send;
    }
    mailer->stopped = mailer->stopping;
    uv_mutex_unlock(&mailer->mutex);
    return send;
}

static void hand_back(struct mailer *mailer, struct mail_send *send) {
    uv_mutex_lock(&mailer->mutex);
    mailer->current = NULL;
    list_append(&mailer->done, &send->link);
    uv_mutex_unlock(&mailer->mutex);
    uv_async_send(&mailer->done_signal);
}

static void run_thread(void *context) {
    struct mailer *mailer = context;
    struct mail_send *send;
    while ((send = take_next(mailer)) != NULL) {
        mail_session_send(mailer->session, &send->letter, send->arena, &send->result);
        hand_back(mailer, send);
    }
    uv_async_send(&mailer->done_signal);
}

/* --- The loop's side -------------------------------------------------------------------------- */

static void mail_free(struct mail_send *send) {
    list_take(&send->link);
    arena_free(send->arena);
    free(send);
}

/* An idle mailer does not keep the loop alive. */
static void mailer_count(struct mailer *mailer, int change) {
    mailer->count = (size_t)((int64_t)mailer->count + change);
    if (mailer->count > 0) {
        uv_ref((uv_handle_t *)&mailer->done_signal);
    } else {
        uv_unref((uv_handle_t *)&mailer->done_signal);
    }
}

static void mail_tell(struct mail_send *send) {
    mailer_count(send->mailer, -1);
    send->over = true;
    send->on_done(send->context, &send->result);
    mail_free(send);
}

static void on_mailer_closed(uv_handle_t *handle) {
    struct mailer *mailer = handle->data;
    void (*on_closed)(void *) = mailer->on_closed;
    void *context = mailer->context;
    mail_session_free(mailer->session);
    uv_mutex_destroy(&mailer->mutex);
    uv_cond_destroy(&mailer->changed);
    free(mailer);
    on_closed(context);
}

static struct mail_send *take_done(struct mailer *mailer, bool *stopped) {
    struct mail_send *send = NULL;
    uv_mutex_lock(&mailer->mutex);
    if (!list_is_empty(&mailer->done)) {
        send = LIST_MEMBER(mailer->done.next, struct mail_send, link);
        list_take(&send->link);
    }
    *stopped = mailer->stopped;
    uv_mutex_unlock(&mailer->mutex);
    return send;
}

static void on_done_signal(uv_async_t *signal) {
    struct mailer *mailer = signal->data;
    struct mail_send *send;
    bool stopped = false;
    while ((send = take_done(mailer, &stopped)) != NULL) {
        if (send->cancelled) {
            mail_free(send);
        } else {
            mail_tell(send);
        }
    }
    if (stopped && mailer->has_thread) {
        uv_thread_join(&mailer->thread);
        mailer->has_thread = false;
        uv_close((uv_handle_t *)signal, on_mailer_closed);
    }
}

struct mailer *mailer_create(uv_loop_t *loop) {
    struct mailer *mailer = NEW(struct mailer);
    mailer->session = mail_session_create();
    list_init(&mailer->waiting);
    list_init(&mailer->done);
    if (uv_mutex_init(&mailer->mutex) != 0 || uv_cond_init(&mailer->changed) != 0 ||
        uv_async_init(loop, &mailer->done_signal, on_done_signal) != 0) {
        fatal("the mailer could not be started");
    }
    mailer->done_signal.data = mailer;
    uv_unref((uv_handle_t *)&mailer->done_signal);
    return mailer;
}

static void cancel_list(struct link *list) {
    while (!list_is_empty(list)) {
        mail_free(LIST_MEMBER(list->next, struct mail_send, link));
    }
}

void mailer_close(struct mailer *mailer, void (*on_closed)(void *context), void *context) {
    mailer->on_closed = on_closed;
    mailer->context = context;
    uv_mutex_lock(&mailer->mutex);
    mailer->stopping = true;
    cancel_list(&mailer->waiting);
    cancel_list(&mailer->done);
    if (mailer->current != NULL) {
        mailer->current->cancelled = true;
        mail_session_abort(mailer->session);
    }
    uv_cond_signal(&mailer->changed);
    uv_mutex_unlock(&mailer->mutex);
    if (mailer->has_thread) {
        uv_ref((uv_handle_t *)&mailer->done_signal); /* until the thread has said goodbye */
    } else {
        uv_close((uv_handle_t *)&mailer->done_signal, on_mailer_closed);
    }
}

size_t mailer_waiting(const struct mailer *mailer) {
    return mailer->count;
}

/* --- Starting and cancelling ------------------------------------------------------------------ */

static void copy_route(struct mail_send *send, const struct mail_route *route) {
    struct arena *arena = send->arena;
    send->letter.route = (struct mail_route){
        .url = arena_copy(arena, route->url),
        .username = arena_copy(arena, route->username),
        .password = arena_copy(arena, route->password),
        .token = arena_copy(arena, route->token),
        .hello = arena_copy(arena, route->hello),
        .ca_file = arena_copy(arena, route->ca_file),
        .require_tls = route->require_tls,
    };
}

/* To the thread, or straight back when it cannot be sent. */
static void mail_queue(struct mailer *mailer, struct mail_send *send) {
    const char *problem = mail_letter_problem(&send->letter);
    uv_mutex_lock(&mailer->mutex);
    if (problem == NULL) {
        list_append(&mailer->waiting, &send->link);
        uv_cond_signal(&mailer->changed);
    } else {
        send->result.outcome = MAIL_REFUSED;
        error_set(&send->result.error, ERROR_USAGE, "mail to %.*s: %s", SPAN_ARG(send->letter.to),
                  problem);
        list_append(&mailer->done, &send->link);
        uv_async_send(&mailer->done_signal);
    }
    uv_mutex_unlock(&mailer->mutex);
    if (!mailer->has_thread) {
        mailer->has_thread = true;
        if (uv_thread_create(&mailer->thread, run_thread, mailer) != 0) {
            fatal("the mail thread could not be started");
        }
    }
}

struct mail_send *crawler_send_mail(struct crawler *crawler, const struct mail_route *route,
                                    struct span from, struct span to, struct span message,
                                    mail_callback *on_done, void *context) {
    struct mail_send *send = NEW(struct mail_send);
    *send = (struct mail_send){
        .mailer = crawler->mailer, .arena = arena_create(), .on_done = on_done, .context = context};
    list_init(&send->link);
    copy_route(send, route);
    send->letter.from = arena_copy(send->arena, from);
    send->letter.to = arena_copy(send->arena, to);
    send->letter.message = arena_copy(send->arena, message);
    mailer_count(send->mailer, 1);
    mail_queue(send->mailer, send);
    return send;
}

void mail_cancel(struct mail_send *send) {
    struct mailer *mailer = send->mailer;
    if (send->over) {
        return;
    }
    uv_mutex_lock(&mailer->mutex);
    bool under_way = mailer->current == send;
    if (under_way) {
        send->cancelled = true;
        mail_session_abort(mailer->session);
    }
    list_take(&send->link);
    uv_mutex_unlock(&mailer->mutex);
    mailer_count(mailer, -1);
    if (!under_way) {
        mail_free(send);
    }
}
