/* Checks of single header lines while a message is parsed. Private to sip/. Pure. */
#ifndef HOTLINE_ENGINE_SIP_CHECK_H
#define HOTLINE_ENGINE_SIP_CHECK_H

#include <stdbool.h>
#include "sip_msg.h"

/* May stand once only (RFC 4475 3.3.8: duplicates are refused, whatever their values). */
bool sip_check_once(enum sip_hdr id);
/* Fills in what struct sip_msg has for the first line of this kind. NULL, or why it is refused. */
const char *sip_check_header(struct sip_msg *m, const struct sip_header *h);
/* The method of "seq METHOD"; "" when there is none. */
struct sip_view sip_cseq_method(struct sip_view value);

#endif
