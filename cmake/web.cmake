# hotline_embed_web(target): the built front end (web/dist) as a static library with one table of assets.
function(hotline_embed_web target)
	set(generated ${CMAKE_BINARY_DIR}/web_assets.S)
	if(HOTLINE_WEB AND EXISTS ${CMAKE_SOURCE_DIR}/web/dist/index.html)
		set(dist ${CMAKE_SOURCE_DIR}/web/dist)
	else()
		set(dist "")
	endif()
	file(GLOB_RECURSE dist_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/dist/*)
	add_custom_command(OUTPUT ${generated}
		COMMAND ${CMAKE_SOURCE_DIR}/tools/embed-web "${dist}" ${generated}
		DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed_web.py ${dist_files}
		COMMENT "Embedding the front end" VERBATIM)
	add_library(${target} STATIC ${generated})
	set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
endfunction()
