// One function per macro of HDF5 that Swift cannot import.
#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>

static inline hid_t mote_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t mote_h5_none(void) { return H5I_INVALID_HID; }
static inline hid_t mote_h5_all(void) { return H5S_ALL; }

static inline unsigned mote_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned mote_h5_read_write(void) { return H5F_ACC_RDWR; }
static inline unsigned mote_h5_exclusive(void) { return H5F_ACC_EXCL; }

static inline hid_t mote_h5_class_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t mote_h5_class_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t mote_h5_class_dataset_access(void) { return H5P_DATASET_ACCESS; }
static inline hid_t mote_h5_class_link_create(void) { return H5P_LINK_CREATE; }

static inline hid_t mote_h5_f64(void) { return H5T_IEEE_F64LE; }
static inline hid_t mote_h5_f32(void) { return H5T_IEEE_F32LE; }
static inline hid_t mote_h5_f32_big(void) { return H5T_IEEE_F32BE; }
static inline hid_t mote_h5_i64(void) { return H5T_STD_I64LE; }
static inline hid_t mote_h5_i32(void) { return H5T_STD_I32LE; }
static inline hid_t mote_h5_u64(void) { return H5T_STD_U64LE; }
static inline hid_t mote_h5_u8(void) { return H5T_STD_U8LE; }
static inline hid_t mote_h5_c_string(void) { return H5T_C_S1; }
static inline hid_t mote_h5_object_reference(void) { return H5T_STD_REF_OBJ; }
static inline size_t mote_h5_variable(void) { return H5T_VARIABLE; }
static inline hsize_t mote_h5_unlimited(void) { return H5S_UNLIMITED; }

static inline const char *mote_h5_scale_prefix(void) { return "This is a netCDF dimension but not a netCDF variable."; }
