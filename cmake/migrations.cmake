# hotline_embed_migrations(target): src/platform/db/migrations/*.sql as the table db_migrations of that target.
function(hotline_embed_migrations target)
	set(generated ${CMAKE_BINARY_DIR}/db_migrations.S)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/platform/db/migrations/*.sql)
	add_custom_command(OUTPUT ${generated}
		COMMAND ${CMAKE_SOURCE_DIR}/tools/embed-migrations ${generated} ${files}
		DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed-migrations ${files}
		COMMENT "Embedding the migrations" VERBATIM)
	target_sources(${target} PRIVATE ${generated})
endfunction()
