/* The workers: a bounded queue and the threads that empty it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "web/web_private.h"

static struct web_request *next_request(struct web *web)
{
	struct web_request *req = NULL;

	pthread_mutex_lock(&web->queue_lock);
	while (list_empty(&web->queue) && !web->queue_closed)
		pthread_cond_wait(&web->queue_filled, &web->queue_lock);
	if (!list_empty(&web->queue)) {
		req = list_entry(web->queue.next, struct web_request, post.link);
		list_remove(&req->post.link);
		web->queue_length--;
	}
	pthread_mutex_unlock(&web->queue_lock);
	return req;
}

static void *work(void *arg)
{
	struct web *web = arg;
	struct web_request *req;

	while ((req = next_request(web)))
		run_request(req);
	return NULL;
}

int pool_add(struct web *web, struct web_request *req)
{
	int err = 0;

	pthread_mutex_lock(&web->queue_lock);
	if (web->queue_closed || web->queue_length >= MOST_QUEUED) {
		err = EAGAIN;
	} else {
		list_append(&web->queue, &req->post.link);
		web->queue_length++;
	}
	pthread_mutex_unlock(&web->queue_lock);
	if (!err)
		pthread_cond_signal(&web->queue_filled);
	return err;
}

int pool_start(struct web *web, unsigned count)
{
	web->queue_closed = false;
	web->workers = calloc(count, sizeof(*web->workers));
	if (!web->workers)
		return ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		int err = pthread_create(&web->workers[i], NULL, work, web);
		char name[16];

		if (err) {
			pool_stop(web);
			return err;
		}
		snprintf(name, sizeof(name), "web-%u", i);
		pthread_setname_np(web->workers[i], name);
		web->worker_count++;
	}
	return 0;
}

void pool_stop(struct web *web)
{
	pthread_mutex_lock(&web->queue_lock);
	web->queue_closed = true;
	pthread_mutex_unlock(&web->queue_lock);
	pthread_cond_broadcast(&web->queue_filled);
	for (unsigned i = 0; i < web->worker_count; i++)
		pthread_join(web->workers[i], NULL);
	free(web->workers);
	web->workers = NULL;
	web->worker_count = 0;
}
